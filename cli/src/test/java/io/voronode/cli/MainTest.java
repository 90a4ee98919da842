package io.voronode.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.cli.client.FakeServer;
import io.voronode.proto.v1.IndexKind;
import io.voronode.proto.v1.Metric;
import io.voronode.proto.v1.Record;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MainTest {
    private final FakeServer server = new FakeServer();

    @AfterEach
    void close() {
        server.close();
    }

    private Run onServer(String... args) {
        return Run.with(Map.of("VORONODE_SERVER", server.address), "", args);
    }

    @Test
    void printsItsVersionOnStandardOutput() {
        Run run = Run.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().strip()).matches("voronode [0-9]+\\.[0-9]+\\.[0-9]+.*");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void everyCommandHasHelp() {
        for (String command : new String[] {
            "dev",
            "demo",
            "coordinator",
            "shard-node",
            "collection",
            "load",
            "search",
            "get",
            "payload",
            "delete",
            "count",
            "cluster",
            "verify",
            "recover",
            "snapshot"
        }) {
            Run run = Run.of(command, "--help");
            assertThat(run.exitCode()).as(command).isZero();
            assertThat(run.out()).as(command).startsWith("Usage: voronode " + command);
        }
    }

    @Test
    void aWrongCommandLineExitsWithTwoAndPrintsNoData() {
        for (String[] args : new String[][] {
            {},
            {"nonsense"},
            {"collection"},
            {"search"},
            {"search", "articles"},
            {"search", "articles", "text", "--vector", "1"},
            {"search", "articles", "--vector", "1,x"},
            {"search", "articles", "text", "--nprobe", "0"},
            {"why-not", "articles"},
            {"why-not", "articles", "a7"},
            {"search", "articles", "text", "--nprobe", "3", "--recall", "0.9"},
            {"search", "articles", "text", "--recall", "0"},
            {"search", "articles", "text", "--ef", "0"},
            {"search", "articles", "text", "--ef", "wide"},
            {"search", "articles", "text", "--recall", "high"},
            {"search", "articles", "text", "-k", "ten"},
            {"search", "articles", "text", "-k", "0"},
            {"search", "articles", "text", "--filter", "lang = 'en'"},
            {"delete", "articles"},
            {"delete", "articles", "a", "--filter", "lang == 'en'"},
            {"delete", "articles", "--filter", "lang = 'en'"},
            {"delete", "articles", "a", "--dry-run"},
            {"delete", "articles", "a", "b", "--if-version", "3"},
            {"delete", "articles", "a", "--if-version", "0"},
            {"payload", "articles", "a"},
            {"payload", "articles", "a", "{}", "--if-version", "-1"},
            {"count", "articles", "--server", "localhost"},
            {"count", "articles", "--server", "localhost:99999"},
            {"count", "articles", "--timeout", "0s"},
            {"count", "articles", "--timeout", "5"},
            {"collection", "create", "a"},
            {"collection", "create", "a", "--metric", "hamming"},
            {"collection", "create", "a", "--dimension", "3", "--metric", "dot", "--index-kind", "annoy"},
            {"collection", "create", "a", "--shards", "-1"},
            {"verify"},
            {"verify", "articles", "--max-differences", "0"},
            {"verify", "articles", "--rate", "0"},
            {"snapshot"},
            {"snapshot", "create", "articles"},
            {"dev", "--port", "70000"},
            {"dev", "--http-port", "-1"},
            {"dev", "--nodes", "6"},
            {"dev", "--nodes", "0"},
            {"coordinator"},
            {"coordinator", "--name", "c", "--data", "d"},
            {"coordinator", "--name", "C", "--data", "d", "--zookeeper", "z:1"},
            {"coordinator", "--name", "c", "--data", "d", "--zookeeper", "z:1", "--replication", "2"},
            {"coordinator", "--name", "c", "--data", "d", "--zookeeper", "z:1", "--bind", "0.0.0.0"},
            {"coordinator", "--name", "c", "--data", "d", "--zookeeper", "z:1", "--canary-share", "1.5"},
            {"coordinator", "--name", "c", "--data", "d", "--zookeeper", "z:1", "--canary-share", "NaN"},
            {"coordinator", "--config", "/no/such/file.yaml"},
            {"shard-node", "--name", "n", "--data", "d", "--zookeeper", "z:1", "--raft-port", "0"},
            {"shard-node", "--name", "n", "--data", "d", "--zookeeper", "z:1", "--session-timeout", "5"},
            {"coordinator", "--name", "c", "--data", "d", "--zookeeper", "z:1", "--models", "/no/such/folder"},
            {"shard-node", "--name", "n", "--data", "d", "--zookeeper", "z:1", "--log-bytes-kept", "0"}
        }) {
            Run run = Run.of(args);
            assertThat(run.exitCode()).as(String.join(" ", args)).isEqualTo(ExitCodes.USAGE);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).startsWith("voronode: ").contains("--help").doesNotContain("\tat ");
        }
    }

    @Test
    void aNumberOfTheCommandLineIsNamedAsItWasGiven() {
        assertThat(Run.of("search", "articles", "text", "-k", "-1").err())
                .startsWith("voronode: --k -1 is not a positive number\n");
        assertThat(Run.of("verify", "articles", "--max-differences", "10001").err())
                .startsWith("voronode: --max-differences 10001 is not within 1 to 10000\n");
        assertThat(Run.of("coordinator", "--name=c", "--data=d", "--zookeeper=z:1", "--initial-nodes=0")
                        .err())
                .startsWith("voronode: --initial-nodes 0 is below 1\n");
        assertThat(Run.of("shard-node", "--name=n", "--data=d", "--zookeeper=z:1", "--snapshot-bytes=0")
                        .err())
                .startsWith("voronode: --snapshot-bytes 0 is below 1\n");
        assertThat(Run.of("search", "articles", "text", "--recall", "90%").err())
                .startsWith("voronode: --recall \"90%\" is not a share, 0.5 to 0.999\n");
    }

    @Test
    void helpNamesEveryKindOfIndex() {
        String help = Run.of("collection", "create", "--help").out();

        assertThat(Arrays.stream(io.voronode.client.IndexKind.values())
                        .filter(kind -> kind != io.voronode.client.IndexKind.DEFAULT)
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-')))
                .allSatisfy(kind -> assertThat(help).containsPattern("\\b" + kind + "\\b"));
    }

    @Test
    void aServerThatIsAwayExitsWithThree() {
        Run run = Run.of("count", "articles", "--server", "127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(run.err().strip())
                .isEqualTo("voronode: cannot reach 127.0.0.1:1: connection refused, so no server runs there");
    }

    @Test
    void aFolderInPlaceOfAFileIsToldInASentence() {
        Run run = onServer("load", "articles", System.getProperty("java.io.tmpdir"));

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILURE);
        assertThat(run.err().strip()).startsWith("voronode: ").endsWith("is a folder, not a file");
    }

    @Test
    void anErrorOfTheServerExitsWithOneAndASentence() {
        Run run = onServer("count", "nowhere");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILURE);
        assertThat(run.err().strip()).isEqualTo("voronode: no collection \"nowhere\"");
        assertThat(run.out()).isEmpty();

        assertThat(onServer("--verbose", "count", "nowhere").err()).contains("\tat ");
    }

    @Test
    void theCommandLineWinsOverTheEnvironment() {
        Run run = Run.with(
                Map.of("VORONODE_SERVER", "127.0.0.1:1", "VORONODE_OUTPUT", "json"),
                "",
                "count",
                "articles",
                "--server",
                server.address);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().strip()).isEqualTo("{\n  \"count\" : 0\n}");
    }

    @Test
    void createsACollectionAsTold() {
        Run run = onServer(
                "collection",
                "create",
                "articles",
                "--dimension",
                "3",
                "--metric",
                "DOT",
                "--index-kind",
                "flat",
                "--train-at",
                "500",
                "--shards",
                "4");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(server.created.getDimension()).isEqualTo(3);
        assertThat(server.created.getMetric()).isEqualTo(Metric.METRIC_DOT);
        assertThat(server.created.getIndexKind()).isEqualTo(IndexKind.INDEX_KIND_FLAT);
        assertThat(server.created.getTrainAt()).isEqualTo(500);
        assertThat(server.created.getShards()).isEqualTo(4);
        assertThat(run.out()).contains("generation 1    serving, 88 cells in 1 shard\n");
    }

    @Test
    void printsHitsAsATable() {
        Run run = onServer("search", "articles", "a text", "--with-payload", "--with-document");

        assertThat(run.out()).isEqualTo("""
                        #   SCORE  DISTANCE  KEY  PAYLOAD        DOCUMENT
                        1  0.9123    0.0877  a1   {"year":1984}  the first
                        2  0.5000    0.5000  a2   {}
                        """);
        assertThat(server.searched.getQuery().getText()).isEqualTo("a text");
        assertThat(server.searched.getParams().getK()).isEqualTo(10);
    }

    @Test
    void printsHitsAsJson() {
        Run run = onServer("search", "articles", "--vector", "1, 2,3", "-k", "2", "--nprobe", "all", "-o", "json");

        assertThat(run.out())
                .startsWith("{\n  \"hits\" : [")
                .contains("\"key\" : \"a1\"")
                .contains("\"payload\" : {\n")
                .contains("\"document\" : \"the first\"")
                .contains("\"share\" : 1.0");
        assertThat(server.searched.getQuery().getVector().getValuesList()).containsExactly(1f, 2f, 3f);
        assertThat(Integer.toUnsignedLong(server.searched.getParams().getNprobe()))
                .isGreaterThan(1L << 30);
    }

    @Test
    void asksForARecallAndExplainsWhatToExpect() {
        Run run = onServer("search", "articles", "a text", "--recall", "0.99", "--explain");

        assertThat(server.searched.getParams().getTargetRecall()).isEqualTo(0.99);
        assertThat(server.searched.getParams().getNprobe()).isZero();
        assertThat(run.out())
                .contains("estimated recall 0.991: the mean of searches planned like this one")
                .contains("ranked 40 cells, scanned 5 000 codes, refined 300, compared 60 vectors")
                .contains("shard 1 on n1: 1 cell, scanned 5 000 codes, refined 300, 60 vectors");
        assertThat(onServer("search", "articles", "a text", "--explain", "-o", "json")
                        .out())
                .contains("\"estimatedRecall\" : 0.9912")
                .containsPattern("\"codesScanned\" : 5000,\\s+\"codesRefined\" : 300,\\s+\"vectorsScanned\" : 60");
        assertThat(server.searched.getParams().hasTargetRecall()).isFalse();
    }

    @Test
    void saysHowWideToLookInAGraph() {
        onServer("search", "articles", "a text", "--ef", "250");
        assertThat(server.searched.getParams().getEf()).isEqualTo(250);
        onServer("search", "articles", "a text");
        assertThat(server.searched.getParams().getEf()).isZero();
    }

    @Test
    void sendsAFilterAndTellsWhereItIsWrong() {
        onServer("search", "articles", "a text", "--filter", "lang == 'en' && year >= 1990");
        assertThat(server.searched.getParams().getFilter().getAllOf().getFiltersList())
                .extracting(filter -> filter.getConditionCase().name())
                .containsExactly("EQUALS", "RANGE");

        Run wrong = onServer("search", "articles", "a text", "--filter", "lang == 'en' && year");
        assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(wrong.err()).startsWith("""
                        voronode: --filter: column 17: a field alone is no condition; write year == true
                          lang == 'en' && year
                                          ^
                        """);
    }

    @Test
    void tellsWhyASearchDoesNotFindARecord() {
        Run run = onServer("why-not", "articles", "a7", "a text", "-k", "5", "--recall", "0.8");

        assertThat(run.out()).startsWith("""
                        "a7" is the 3rd nearest, but its cell was not scanned: a higher --recall, or more cells, find it.
                        distance: 0.2500
                        distance of the last hit: 0.5000
                        cell: 12, the 41st nearest
                        """);
        assertThat(server.whyNot.getKey()).isEqualTo("a7");
        assertThat(server.whyNot.getQuery().getText()).isEqualTo("a text");
        assertThat(server.whyNot.getParams().getK()).isEqualTo(5);
        assertThat(server.whyNot.getParams().getTargetRecall()).isEqualTo(0.8);
        assertThat(onServer("why-not", "articles", "a7", "a text", "-o", "json").out())
                .contains("\"reason\" : \"CELL_NOT_SCANNED\"", "\"cellRank\" : 41");
    }

    @Test
    void loadsGoodLinesAndNamesBadOnes() {
        Run run = Run.with(Map.of("VORONODE_SERVER", server.address), """
                {"key":"a","vector":[1,2,3],"document":"d"}
                {"key":"b","vector":[1,2,
                {"key":"refused","vector":[1,2]}

                {"key":"c","vector":[4,5,6]}
                {"key":"d","vector":[4,NaN,6]}
                """, "load", "articles", "-");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILURE);
        assertThat(server.records).containsOnlyKeys("a", "c");
        assertThat(run.err())
                .contains("voronode: line 2 is not valid JSON")
                .contains("voronode: line 3, key \"refused\": dimension 2 != 3")
                .containsPattern("(?m)^voronode: line 6 is not valid JSON: Non-standard token 'NaN'$")
                .contains("2 records written to articles")
                .contains("3 lines refused");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void loadsRecordsThatExpireAndShowsWhen() {
        Run run = Run.with(Map.of("VORONODE_SERVER", server.address), """
                {"key":"a","vector":[1,2,3],"expireTime":"2031-05-06T07:08:09Z"}
                {"key":"b","vector":[1,2,3],"ttl":"5s"}
                {"key":"c","vector":[1,2,3]}
                """, "load", "articles", "-", "--ttl", "24h");

        assertThat(run.exitCode()).isZero();
        assertThat(server.records)
                .hasEntrySatisfying(
                        "b", record -> assertThat(record.getTtl().getSeconds()).isEqualTo(5))
                .hasEntrySatisfying(
                        "c", record -> assertThat(record.getTtl().getSeconds()).isEqualTo(86_400));
        assertThat(onServer("get", "articles", "a").out()).contains("EXPIRES", "2031-05-06T07:08:09Z");
        assertThat(onServer("get", "articles", "a", "-o", "json").out())
                .contains("\"expireTime\" : \"2031-05-06T07:08:09Z\"");
        assertThat(onServer("get", "articles", "c").out()).doesNotContain("EXPIRES");
    }

    @Test
    void aLoadThatBreaksOffTellsHowFarItCame() {
        Run run = Run.with(Map.of("VORONODE_SERVER", server.address), """
                {"key":"a","vector":[1,2,3]}
                {"key":"fatal","vector":[1,2,3]}
                """, "load", "articles", "-");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILURE);
        assertThat(run.err())
                .contains("voronode: the server answered 0 records of the file; it may be loaded again, "
                        + "records that are there are replaced\n")
                .contains("voronode: the disk is full\n");
    }

    @Test
    void getsRecordsAndExitsWithOneWhereOneIsMissing() {
        server.records.put(
                "a",
                Record.newBuilder()
                        .setKey("a")
                        .setVersion(3)
                        .setPayload("{\"n\":1}")
                        .build());

        Run found = onServer("get", "articles", "a", "-o", "json");
        assertThat(found.exitCode()).isZero();
        assertThat(found.out()).contains("\"version\" : 3").contains("\"n\" : 1");

        Run missing = onServer("get", "articles", "a", "b");
        assertThat(missing.exitCode()).isEqualTo(ExitCodes.FAILURE);
        assertThat(missing.out()).contains("{\"n\":1}");
        assertThat(missing.err().strip()).isEqualTo("voronode: no record \"b\" in collection \"articles\"");
        assertThat(onServer("get", "articles", "b").out()).isEmpty();
        assertThat(onServer("get", "articles", "b", "-o", "json").out().strip()).isEqualTo("[ ]");
    }

    @Test
    void saysThatAFileIsMissing() {
        Run run = onServer("load", "articles", "/no/such/file.jsonl");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILURE);
        assertThat(run.err().strip()).isEqualTo("voronode: there is no file /no/such/file.jsonl");
    }

    @Test
    void namesTheFolderThatADevServerCannotUse(@org.junit.jupiter.api.io.TempDir java.nio.file.Path temp)
            throws java.io.IOException {
        java.nio.file.Files.writeString(temp.resolve("FORMAT"), "voronode-data 99\n");

        Run run = Run.of("dev", "--data", temp.toString(), "--port", "0", "--http-port", "0");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILURE);
        assertThat(run.err().strip()).contains(temp.toString()).hasLineCount(1);
    }
}
