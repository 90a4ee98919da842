package io.voronode.engine.codec;

import io.voronode.engine.quantization.VectorCode;
import java.io.IOException;

/** Where the codes of a segment that is being written come from. Owned by its writer. */
interface CodeSource {

    /** The lists come cell by cell. */
    void beginCell(int cell);

    /** The code of a vector of that cell, by its ordinal in the segment being written. */
    void read(int ordinal, VectorCode out) throws IOException;
}
