"""Looking after an installation: backups, the doctor, figures for those who watch it. It holds no data of its own."""
