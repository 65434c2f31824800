"""Judgement: pure values in, pure values out; read audit.py first.

Nobody changes a value. Those that are made by the thousand are not frozen all the same: a frozen one takes three times
as long to make.
"""
