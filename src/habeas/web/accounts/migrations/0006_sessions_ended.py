from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_office_of_a_token")]
    operations = [
        migrations.AddField(
            "user", "sessions_ended", models.PositiveIntegerField(default=0)
        ),
        migrations.AlterField(
            "change",
            "kind",
            models.CharField(choices=[('added', 'Account added'), ('office', 'Authority, office or key changed'), ('deactivated', 'Deactivated'), ('reactivated', 'Activated again'), ('factors_reset', 'Second factors and password reset'), ('factors', 'Own second factors changed'), ('password', 'Own password changed'), ('signed_in', 'Signed in'), ('sessions_ended', 'Signed out everywhere else'), ('token_made', 'Access token made'), ('token_revoked', 'Access token revoked')], max_length=16),
        ),
    ]
