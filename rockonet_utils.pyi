from rockonet import *
