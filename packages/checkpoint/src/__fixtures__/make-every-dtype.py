"""Writes every-dtype.safetensors: run with safetensors 0.8.0 and numpy 2.4.6."""

import numpy as np
from safetensors import TensorSpec, serialize

ARRAYS = {
    "bool": ("bool", [3], np.array([True, False, True])),
    "u8": ("uint8", [2], np.array([0, 255], np.uint8)),
    "i8": ("int8", [2], np.array([-128, 127], np.int8)),
    "f8_e5m2": ("float8_e5m2", [1], np.array([0x3C], np.uint8)),
    "f8_e4m3": ("float8_e4m3fn", [1], np.array([0x38], np.uint8)),
    "f8_e8m0": ("float8_e8m0fnu", [1], np.array([0x7F], np.uint8)),
    "i16": ("int16", [1], np.array([-2], np.int16)),
    "u16": ("uint16", [1], np.array([65535], np.uint16)),
    "f16": ("float16", [2], np.array([1, -2], np.float16)),
    "bf16": ("bfloat16", [2], np.array([0x3F80, 0xC000], np.uint16)),
    "i32": ("int32", [1], np.array([-7], np.int32)),
    "u32": ("uint32", [1], np.array([4294967295], np.uint32)),
    "f32 b": ("float32", [2, 3], np.arange(6, dtype=np.float32)),
    "f32 a": ("float32", [0, 4], np.zeros((0, 4), np.float32)),
    "c64": ("complex64", [2], np.array([1 + 2j, 3 - 4j], np.complex64)),
    "f64": ("float64", [], np.array(2.5)),
    "i64": ("int64", [2], np.array([1, -1], np.int64)),
    "u64": ("uint64", [1], np.array([2**64 - 1], np.uint64)),
    'é\n"\u2028\U0001f600\x7f\x01': ("int32", [1], np.array([7], np.int32)),
}

tensors = {
    name: TensorSpec(dtype=dtype, shape=shape, data_ptr=array.ctypes.data, data_len=array.nbytes)
    for name, (dtype, shape, array) in ARRAYS.items()
}
open("every-dtype.safetensors", "wb").write(serialize(tensors, metadata={"format": "np"}))
