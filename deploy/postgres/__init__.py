"""PostgreSQL as deployed: its settings, its roles and how a data folder is prepared."""
