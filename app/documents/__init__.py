"""Document versions, their life from draft to withdrawn, and the stored files behind them."""
