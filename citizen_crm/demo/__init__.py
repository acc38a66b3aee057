"""The demo city of Larkhaven: content files and the code that loads them.

Nothing here is imported by the addon except through ``citizen.demo.city``.
"""
