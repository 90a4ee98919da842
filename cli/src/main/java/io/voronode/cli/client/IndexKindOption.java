package io.voronode.cli.client;

import io.voronode.client.IndexKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a kind of index is written on the command line: {@code ivf-rabitq}, in any case, with - or _. */
final class IndexKindOption implements ITypeConverter<IndexKind> {
    static final String DESCRIPTION =
            "ivf-rabitq, ivf-pq, ivf-sq8: trained cells, scanned by codes of bits, of a product quantizer, of bytes; "
                    + "ivf-flat: trained cells, their vectors compared; hnsw: Lucene's graph; flat: one cell, always exact";

    @Override
    public IndexKind convert(String value) {
        return Arrays.stream(IndexKind.values())
                .filter(kind -> kind != IndexKind.DEFAULT)
                .filter(kind ->
                        written(kind).equals(value.toLowerCase(Locale.ROOT).replace('_', '-')))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("\"" + value + "\" is none of " + known()));
    }

    private static String known() {
        return Arrays.stream(IndexKind.values())
                .filter(kind -> kind != IndexKind.DEFAULT)
                .map(IndexKindOption::written)
                .collect(Collectors.joining(", "));
    }

    private static String written(IndexKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
