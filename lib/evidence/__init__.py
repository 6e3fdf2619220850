"""Evidence on NMDA-receptor antagonists for chronic pain: tables in, results and charts out."""
