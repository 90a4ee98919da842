package io.voronode.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.benchmarks.measure.Measured;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class RecallPlotTest {

    private static final List<Measured> RESULTS = List.of(
            at("voronode", 0.90, 3000),
            at("voronode", 0.99, 300),
            at("lucene", 0.50, 9000),
            at("lucene", 0.90, 1000),
            at("lucene", 1.00, 10));

    @Test
    void drawsALineForEachKindAndNothingOutsideTheFrame() throws Exception {
        Document svg = parse(RecallPlot.svg("a <b>", RESULTS));

        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        Element lucene = (Element) svg.getElementsByTagName("polyline").item(1);
        assertThat(lucene.getAttribute("points").split(" ", -1)).hasSize(2).allSatisfy(point -> {
            assertThat(Double.parseDouble(point.split(",", -1)[0])).isBetween(70.0, 610.0);
            assertThat(Double.parseDouble(point.split(",", -1)[1])).isBetween(40.0, 410.0);
        });
    }

    @Test
    void isDrawnOfNothingToo() throws Exception {
        assertThat(parse(RecallPlot.svg("none", List.of()))
                        .getElementsByTagName("polyline")
                        .getLength())
                .isZero();
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static Measured at(String engine, double recall, double speed) {
        return new Measured(
                "a", engine, "KIND", "M=16 beam=200 ef=1", 10, recall, speed, 1, 2, null, null, null, null, null);
    }
}
