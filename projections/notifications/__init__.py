"""News that a person should see, newest first.

Folds: `notification.notification_raised`.
Owns: table `notification`, view `views.notifications`.
"""
