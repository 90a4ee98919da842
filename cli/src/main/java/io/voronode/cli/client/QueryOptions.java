package io.voronode.cli.client;

import io.voronode.cli.filter.FilterText;
import io.voronode.cli.filter.FilterTextException;
import io.voronode.client.Consistency;
import io.voronode.client.Filter;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is looked for and how, of every command that searches. */
final class QueryOptions {
    @Option(
            names = "--vector",
            paramLabel = "N,N,...",
            description = "One number for each dimension, in place of TEXT.")
    private @Nullable String vector;

    @Option(
            names = {"-k", "--k"},
            paramLabel = "HITS",
            defaultValue = "10",
            description = "Hits wanted, 1 to 10000 (default: ${DEFAULT-VALUE}).")
    private int k;

    @Option(
            names = "--nprobe",
            paramLabel = "CELLS",
            defaultValue = "auto",
            description =
                    "Cells to scan: a number, all (exact), or auto: as many as --recall takes (default: ${DEFAULT-VALUE}).")
    private String nprobe;

    @Option(
            names = "--recall",
            paramLabel = "SHARE",
            description =
                    "The share of the true nearest, 0.5 to 0.999, that searches shall find on average (default: 0.95).")
    private @Nullable String recall;

    @Option(
            names = "--ef",
            paramLabel = "HITS",
            description = {
                "For collections of kind hnsw, in place of --recall: hits kept while a graph is walked, up to 10000 (default: 100)."
            })
    private @Nullable String ef;

    @Option(
            names = "--filter",
            paramLabel = "CONDITION",
            description = {
                "Only records whose payload matches, in CEL syntax: == != < <= > >=, in [..], && || !, has(field), "
                        + "field.startsWith(\"..\"), timestamp(\"..\"); nested fields with dots."
            })
    private @Nullable String filter;

    @Option(
            names = "--consistency",
            paramLabel = "LEVEL",
            defaultValue = "default",
            description = "eventual, session or strong (default: chosen by the server).")
    private Consistency consistency;

    @Option(
            names = "--min-coverage",
            paramLabel = "SHARE",
            defaultValue = "1",
            description = "The least share of the cells, 0 to 1, that must be scanned (default: ${DEFAULT-VALUE}).")
    private double minCoverage;

    /** What is looked for: the text, or the vector among the options. */
    Query query(ClientOptions options, @Nullable String text) {
        if ((text == null) == (vector == null)) {
            throw options.usage("give either TEXT or --vector");
        }
        return text != null ? Query.of(text) : Query.of(numbers(options, String.valueOf(vector)));
    }

    /** How it is looked for. */
    SearchOptions.Builder search(ClientOptions options) {
        SearchOptions.Builder search = SearchOptions.builder(hits(options))
                .nprobe(cells(options))
                .targetRecall(targetRecall(options))
                .ef(ef == null ? 0 : positive(options, ef, "--ef \"" + ef + "\" is not a positive number"))
                .consistency(consistency)
                .minCoverage(minCoverage);
        if (filter != null) {
            search.filter(filter(options, filter));
        }
        return search;
    }

    /** A number that is too large is left to the server, which knows the limit. */
    private int hits(ClientOptions options) {
        if (k < 1) {
            throw options.usage("--k " + k + " is not a positive number");
        }
        return k;
    }

    private static float[] numbers(ClientOptions options, String list) {
        String[] parts = list.split(",", -1);
        float[] numbers = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                numbers[i] = Float.parseFloat(parts[i].strip());
            } catch (NumberFormatException e) {
                throw options.usage("--vector: value " + (i + 1) + ", \"" + parts[i] + "\", is not a number");
            }
        }
        return numbers;
    }

    private int cells(ClientOptions options) {
        return switch (nprobe.toLowerCase(Locale.ROOT)) {
            case "auto" -> 0;
            case "all" -> SearchOptions.ALL_CELLS;
            default ->
                positive(options, nprobe, "--nprobe \"" + nprobe + "\" is neither a positive number nor all nor auto");
        };
    }

    private double targetRecall(ClientOptions options) {
        if (recall == null) {
            return 0;
        }
        if (cells(options) != 0) {
            throw options.usage("give either --nprobe or --recall");
        }
        double share = share(recall);
        if (!(share > 0)) {
            throw options.usage("--recall \"" + recall + "\" is not a share, 0.5 to 0.999");
        }
        return share;
    }

    private static double share(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static int positive(ClientOptions options, String value, String otherwise) {
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same message as for a number that is not positive.
        }
        throw options.usage(otherwise);
    }

    static Filter filter(ClientOptions options, String condition) {
        try {
            return FilterText.parse(condition);
        } catch (FilterTextException e) {
            throw options.usage("--filter: " + e.getMessage());
        }
    }
}
