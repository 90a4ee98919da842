package io.voronode.cli.client;

import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import io.voronode.client.Document;
import io.voronode.client.Hit;
import io.voronode.client.SearchOptions;
import io.voronode.client.StoredRecord;
import io.voronode.client.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Records, hits and results of writes as tables. Pure. */
final class RecordTables {
    private static final int LINES = 3;

    private RecordTables() {}

    static Table records(List<StoredRecord> records, boolean withVector) {
        List<Column> columns = new ArrayList<>(List.of(
                Column.text("KEY", 2),
                Column.number("VERSION"),
                Column.text("PAYLOAD", LINES),
                Column.text("DOCUMENT", LINES)));
        boolean expiring = records.stream().anyMatch(record -> record.expireTime() != null);
        if (expiring) {
            columns.add(Column.word("EXPIRES"));
        }
        if (withVector) {
            columns.add(Column.text("VECTOR", 1));
        }
        Table table = new Table(columns);
        for (StoredRecord record : records) {
            List<Object> cells = new ArrayList<>(
                    List.of(record.key(), record.version(), record.payload(), document(record.document())));
            if (expiring) {
                cells.add(record.expireTime() == null ? "" : record.expireTime().toString());
            }
            if (withVector) {
                cells.add(vector(record.vector()));
            }
            table.row(cells.toArray());
        }
        return table;
    }

    static Table hits(List<Hit> hits, SearchOptions options) {
        List<Column> columns = new ArrayList<>(
                List.of(Column.number("#"), Column.number("SCORE"), Column.number("DISTANCE"), Column.text("KEY", 2)));
        if (options.withPayload()) {
            columns.add(Column.text("PAYLOAD", LINES));
        }
        if (options.withDocument()) {
            columns.add(Column.text("DOCUMENT", LINES));
        }
        if (options.withVector()) {
            columns.add(Column.text("VECTOR", 1));
        }
        Table table = new Table(columns);
        for (int i = 0; i < hits.size(); i++) {
            table.row(cells(i + 1, hits.get(i), options).toArray());
        }
        return table;
    }

    private static List<Object> cells(int rank, Hit hit, SearchOptions options) {
        List<Object> cells = new ArrayList<>(List.of(rank, figure(hit.score()), figure(hit.distance()), hit.key()));
        if (options.withPayload()) {
            cells.add(hit.payload());
        }
        if (options.withDocument()) {
            cells.add(document(hit.document()));
        }
        if (options.withVector()) {
            cells.add(vector(hit.vector()));
        }
        return cells;
    }

    static Table deletes(List<WriteResult> results) {
        Table table = new Table(List.of(Column.text("KEY", 2), Column.word("DELETED")));
        results.stream()
                .filter(WriteResult::ok)
                .forEach(result -> table.row(result.key(), result.existed() ? "yes" : "was not there"));
        return table;
    }

    static Table written(WriteResult result) {
        Table table = new Table(List.of(Column.text("KEY", 2), Column.number("VERSION")));
        table.row(result.key(), result.version());
        return table;
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String document(@Nullable Document document) {
        if (document == null) {
            return "";
        }
        return Json.isText(document.mediaType())
                ? document.asText()
                : document.mediaType() + ", " + Figures.bytes(document.content().length);
    }

    private static String vector(float @Nullable [] vector) {
        if (vector == null) {
            return "";
        }
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < vector.length; i++) {
            text.append(i == 0 ? "" : ", ").append(vector[i]);
        }
        return text.append(']').toString();
    }
}
