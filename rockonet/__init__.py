"""The rooms behind `rockonet_utils`: seven wings.

common < explore < dataset < guitar < training < generation < exercises: a file imports from its
own wing or from one to the left, never to the right. A room opens when one of its names is used;
the names stand in ``__init__.pyi``, for Python and for editors.
"""

import os

import lazy_loader

# TensorFlow and pygame greet on standard error unless told not to before they are imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
