"""The pages of accounts: coming in, keeping one's account, inviting."""
