"""Evidence from randomised trials: tables in, results, sentences and charts out."""
