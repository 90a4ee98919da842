package io.voronode.cli.filter;

import dev.cel.common.CelSource;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelExpr;

/** Names and shows the place of an error in a text. Pure. */
final class Place {
    private Place() {}

    static FilterTextException error(CelSource source, CelExpr expression, String message) {
        int offset = source.getPositionsMap().getOrDefault(expression.id(), 0);
        return error(source, source.getOffsetLocation(offset).orElse(CelSourceLocation.NONE), message);
    }

    /** The library counts lines from 1 and columns from 0, and has no location for some errors. */
    static FilterTextException error(CelSource source, CelSourceLocation location, String message) {
        if (location.getLine() < 1 || location.getColumn() < 0) {
            return new FilterTextException(message);
        }
        String line = source.getSnippet(location.getLine()).orElse("");
        String where = location.getLine() == 1 ? "" : "line " + location.getLine() + ", ";
        return new FilterTextException(where + "column " + (location.getColumn() + 1) + ": " + message + "\n  " + line
                + "\n  " + " ".repeat(location.getColumn()) + "^");
    }
}
