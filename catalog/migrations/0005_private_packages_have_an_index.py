from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_listings_change_hands")]

    operations = [
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                fields=["vendor", "-popularity", "-id"],
                name="catalog_listing_private",
                condition=Q(state="live", visibility="private"),
            ),
        ),
    ]
