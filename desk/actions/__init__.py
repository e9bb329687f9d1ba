"""What changes an account, who may enter, and with what rights."""
