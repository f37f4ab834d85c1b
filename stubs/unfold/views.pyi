from django.contrib.admin.views.main import ChangeList as ChangeList
