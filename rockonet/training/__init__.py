"""Notebook 03: two recipes, measured beside predictors that only count.

Keras is imported here, once for the wing and before any of its rooms: on newer processors
TensorFlow greets on standard error while it is imported, whatever it was told.
"""

import logging

from rockonet.common.quiet import quiet_stderr

with quiet_stderr():
    import keras  # noqa: F401

# TensorFlow warns of every sixth network that is run for the first time.
logging.getLogger("tensorflow").addFilter(lambda record: "retracing" not in str(record.msg))
