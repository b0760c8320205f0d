"""What is owed: collected, tried again, given up; and how the subscription follows."""
