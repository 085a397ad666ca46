"""What staff are told by mail: each thing once, and of one account or newsletter one mail a day at most."""
