"""What subscriptions do by themselves over time: trials end, periods renew, notices are given."""
