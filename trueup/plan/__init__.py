"""The commands that look before anything is touched: plan and solve."""
