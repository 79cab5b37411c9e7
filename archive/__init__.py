"""Evidence: write-once objects, manifests, the Merkle log and its verification."""
