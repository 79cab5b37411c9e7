"""What invoices travel in: PDF with XML inside, mail, zip. The same bytes every time."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

import pikepdf

from tests.sample.model import Bill
from tests.sample.page import page
from tests.sample.story_parties import COMMUNE

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    pdfaid:part="3" pdfaid:conformance="B"/>
  <rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
    fx:DocumentType="INVOICE" fx:DocumentFileName="{name}" fx:Version="1.0"
    fx:ConformanceLevel="EN 16931"/>
  <rdf:Description rdf:about=""
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
   <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>fx</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
_PROPERTY = """<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{0}</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType>
<pdfaProperty:category>external</pdfaProperty:category>
<pdfaProperty:description>{0}</pdfaProperty:description></rdf:li>"""
_PROPERTIES = ("DocumentFileName", "DocumentType", "Version", "ConformanceLevel")


def hybrid(bill: Bill, xml: bytes, name: str = "factur-x.xml") -> bytes:
    """The page of a bill with its XML inside, as Factur-X and ZUGFeRD do it."""
    with pikepdf.open(io.BytesIO(page(bill))) as pdf:
        stream = pdf.make_stream(xml)
        stream.Type = pikepdf.Name.EmbeddedFile
        stream.Subtype = pikepdf.Name("/text/xml")
        stream.Params = pikepdf.Dictionary(
            Size=len(xml), ModDate=f"D:{bill.issued:%Y%m%d}090000+00'00'"
        )
        attached = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Filespec,
                F=name,
                UF=name,
                Desc="Invoice data",
                AFRelationship=pikepdf.Name.Alternative,
                EF=pikepdf.Dictionary(F=stream, UF=stream),
            )
        )
        pdf.Root.Names = pikepdf.Dictionary(
            EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String(name), attached]))
        )
        pdf.Root.AF = pikepdf.Array([attached])
        properties = "".join(_PROPERTY.format(word) for word in _PROPERTIES)
        metadata = pdf.make_stream(_XMP.format(name=name, properties=properties).encode())
        metadata.Type = pikepdf.Name.Metadata
        metadata.Subtype = pikepdf.Name.XML
        pdf.Root.Metadata = metadata
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def mail(bill: Bill, attachment: bytes, file_name: str, sent: datetime) -> bytes:
    """A mail that brings one file."""
    message = EmailMessage()
    local, _, host = bill.seller.email.partition("@")
    message["From"] = Address(bill.seller.name, local, host)
    message["To"] = Address("Comptabilité", "factures", "montbrelle.example")
    message["Subject"] = f"Facture {bill.number}"
    message["Date"] = sent
    message["Message-ID"] = f"<{bill.number}@{host}>"
    message.set_content(
        f"Bonjour,\n\nVeuillez trouver ci-joint notre facture {bill.number} adressée à la "
        f"{COMMUNE.name}.\n\nCordialement,\n{bill.seller.name}\n"
    )
    message.add_attachment(attachment, maintype="application", subtype="pdf", filename=file_name)
    message.set_boundary("=_sample_boundary")
    return message.as_bytes()


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 6, 9, 0, 0)), content)
    return out.getvalue()
