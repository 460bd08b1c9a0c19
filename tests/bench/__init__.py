"""`make bench`: how fast a cached answer is, beside an ordinary route and beside nginx.

Everything runs on loopback, in one go, in turns (round by round), so that a noisy machine is
unfair to nobody. Requests come from wrk with one thread and 32 connections. Figures are medians.
"""
