package io.voronode.cli.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.cli.CliException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
    @TempDir
    Path folder;

    @Test
    void readsPlainValuesAndLists() {
        SettingsFile file = SettingsFile.parse("node.yaml", """
                # where the ensemble is
                zookeeper: [a:2181, "b:2181"]
                name: node-1
                port: 7710
                zone: ''
                """);

        assertThat(file.values())
                .isEqualTo(Map.of("zookeeper", "a:2181,b:2181", "name", "node-1", "port", "7710", "zone", ""));
    }

    @Test
    void anEmptyFileHasNoSettings() {
        assertThat(SettingsFile.parse("node.yaml", "# nothing\n").values()).isEmpty();
    }

    @Test
    void saysInASentenceWhatIsWrong() {
        assertRefused("name: a\nname: b\n", "settings file node.yaml is not YAML: ");
        assertRefused("name: {a: 1}\n", "key \"name\" in settings file node.yaml has no plain value");
        assertRefused("name:\n", "key \"name\" in settings file node.yaml has no plain value");
        assertRefused("- a\n- b\n", "settings file node.yaml does not hold a mapping of names to values");
        assertThatThrownBy(() -> SettingsFile.read(folder.resolve("none.yaml")))
                .isInstanceOf(CliException.class)
                .hasMessage("there is no settings file " + folder.resolve("none.yaml"));
    }

    private static void assertRefused(String yaml, String message) {
        assertThatThrownBy(() -> SettingsFile.parse("node.yaml", yaml))
                .isInstanceOf(CliException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void refusesAKeyThatNoOptionHas() {
        SettingsFile file = SettingsFile.parse("node.yaml", "name: a\nprot: 1\n");

        assertThatThrownBy(() -> file.requireKnown(new TreeSet<>(List.of("name", "port"))))
                .isInstanceOf(CliException.class)
                .hasMessage("unknown key \"prot\" in settings file node.yaml; known are name, port");
    }
}
