"""What proves a person beyond their provider: an authenticator app, passkeys, recovery codes.

The sign-in library keeps the rows (`allauth.mfa`) and knows the algorithms; what is asked, counted,
audited and told is decided here. Other rooms need two names: `owned.has_second_factor(user)` and
the decorator `required.second_factor_required`.
"""
