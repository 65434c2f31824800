"""Judgement: pure values in, pure values out; read audit.py first."""
