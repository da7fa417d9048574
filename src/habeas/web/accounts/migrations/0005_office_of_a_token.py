from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_kinds_in_words")]
    operations = [
        # A token made before stands for no office: its owner makes another.
        migrations.AddField(
            "accesstoken", "authority", models.CharField(max_length=64, default=""), preserve_default=False
        ),
        migrations.AddField(
            "accesstoken", "office", models.CharField(max_length=32, default=""), preserve_default=False
        ),
    ]
