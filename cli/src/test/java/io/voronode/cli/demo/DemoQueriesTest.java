package io.voronode.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.cli.demo.DemoQueries.Expectation;
import io.voronode.cli.wordnet.Synset;
import io.voronode.client.VectorRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DemoQueriesTest {
    @Test
    void aCompoundThatEndsWithTheWordWillDo() {
        Expectation pilot = new Expectation("a person who flies airplanes", "pilot");

        assertThat(pilot.metBy(List.of("pilot"))).isTrue();
        assertThat(pilot.metBy(List.of("aviator", "airplane pilot"))).isTrue();
        assertThat(pilot.metBy(List.of("pilotage", "pilot light"))).isFalse();
    }

    @Test
    void embedsTheDefinitionAndKeepsTheGloss() {
        VectorRecord record = SynsetRecords.record(new Synset(
                "noun-07541825",
                "noun",
                "noun.feeling",
                List.of("joy", "joyousness"),
                "the emotion of great happiness; \"tears of joy\"",
                "the emotion of great happiness",
                31));

        assertThat(record.key()).isEqualTo("noun-07541825");
        assertThat(record.text()).isEqualTo("the emotion of great happiness");
        assertThat(record.payload())
                .isEqualTo(
                        "{\"words\":[\"joy\",\"joyousness\"],\"partOfSpeech\":\"noun\",\"category\":\"noun.feeling\"}");
        assertThat(record.document()).isNotNull();
        assertThat(record.document().asText()).endsWith("\"tears of joy\"");
    }
}
