package io.voronode.benchmarks.index;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.RowFilter;
import io.voronode.benchmarks.data.RowNumbers;
import io.voronode.benchmarks.meter.CpuTimer;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.codec.CellHint;
import io.voronode.engine.codec.CellVectorsFormat;
import io.voronode.engine.codec.VoronodeCodec;
import io.voronode.engine.search.FilterCache;
import io.voronode.engine.search.ShardSearcher;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Voronode's index with codes, and numbers for each row to filter by. It is searched through views: {@link #unfiltered}, or {@link #under} a
 * filter. Built anew for every run, in a folder that is gone when it is closed.
 */
public final class FilteredIndex implements Closeable {

    private static final IndexKind KIND = IndexKind.IVF_RABITQ;
    private static final long FILTER_BYTES = 64 << 20;

    private final Path folder;
    private final Directory directory;
    private final DirectoryReader reader;
    private final Dataset data;
    private final CellMap map;
    private final int[] rows;
    private final ProbeCalibration calibration;
    private final double buildCpuSeconds;

    private FilteredIndex(
            Path folder, Directory directory, DirectoryReader reader, Dataset data, CellMap map, double buildCpuSeconds)
            throws IOException {
        this.folder = folder;
        this.directory = directory;
        this.reader = reader;
        this.data = data;
        this.map = map;
        this.rows = LuceneFiles.rows(reader);
        this.calibration =
                CalibratedVoronode.calibration(searcher(FILTER_BYTES), document -> rows[document], map, data, KIND);
        this.buildCpuSeconds = buildCpuSeconds;
    }

    /** Builds it over all rows of the data set; the cells were trained on {@link CalibratedVoronode#trainingRows}, the others calibrate it. */
    public static FilteredIndex build(Dataset data, TrainedCells cells, List<RowNumbers> numbers, Cache cache)
            throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(cache.root()), ".voronode-");
        double before = CpuTimer.processSeconds();
        write(folder, data, cells.map(), numbers);
        double buildSeconds = cells.cpuSeconds() + CpuTimer.processSeconds() - before;
        Directory directory = LuceneFiles.open(folder);
        return new FilteredIndex(folder, directory, DirectoryReader.open(directory), data, cells.map(), buildSeconds);
    }

    private static void write(Path folder, Dataset data, CellMap map, List<RowNumbers> numbers) throws IOException {
        VoronodeCodec codec = new VoronodeCodec(new CellVectorsFormat(KIND, map));
        int[] cells = TrainedCells.assign(map, data);
        LuceneFiles.write(folder, data, codec, CellVectorsFormat.similarity(data.metric()), (writer, document, row) -> {
            numbers.forEach(each -> document.add(new IntPoint(each.name(), each.numbers()[row])));
            try (CellHint _ = CellHint.stamp(cells[row])) {
                writer.addDocument(document);
            }
        });
    }

    /** Searches all rows. */
    public MeasuredIndex unfiltered() throws IOException {
        return view("unfiltered", null, IntStream.range(0, data.count()).toArray(), FILTER_BYTES);
    }

    /**
     * Searches the rows that a filter accepts, and answers by their place among those.
     *
     * @param remembered whether the filter is evaluated once, or for every search anew
     */
    public MeasuredIndex under(RowFilter filter, boolean remembered) throws IOException {
        Query query = IntPoint.newRangeQuery(filter.numbers().name(), 0, filter.limit() - 1);
        double percent = 100.0 * filter.limit() / data.count();
        String name =
                filter.numbers().name() + "=" + Math.round(10 * percent) / 10.0 + "%" + (remembered ? "" : " new");
        return view(name, query, filter.rows(), remembered ? FILTER_BYTES : 0);
    }

    private MeasuredIndex view(String name, @Nullable Query filter, int[] accepted, long filterBytes)
            throws IOException {
        int[] places = new int[data.count()];
        Arrays.fill(places, -1);
        for (int i = 0; i < accepted.length; i++) {
            places[accepted[i]] = i;
        }
        int[] placeOfDocument = Arrays.stream(rows).map(row -> places[row]).toArray();
        IndexFacts facts = new IndexFacts(
                "voronode",
                KIND.name(),
                name,
                "nprobe",
                map.cellCount(),
                buildCpuSeconds,
                VoronodeIndex.scanBytesPerVector(KIND, data),
                LuceneFiles.bytes(folder));
        return new FilteredView(
                facts, map, searcher(filterBytes), filter, calibration, reader.numDocs(), placeOfDocument);
    }

    private ShardSearcher searcher(long filterBytes) throws IOException {
        return new ShardSearcher(reader, LuceneFiles.VECTOR, data.metric(), new FilterCache(filterBytes));
    }

    @Override
    public void close() throws IOException {
        IOUtils.close(reader, directory);
        Cache.remove(folder);
    }
}
