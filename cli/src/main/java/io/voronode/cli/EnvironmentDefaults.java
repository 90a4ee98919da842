package io.voronode.cli;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options from the environment: {@code --some-name} is VORONODE_SOME_NAME. The command line wins. */
public record EnvironmentDefaults(Map<String, String> environment) implements IDefaultValueProvider {

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()
                ? environment.get(variable(option.longestName()))
                : null;
    }

    /** The variable of an option. */
    public static String variable(String name) {
        return "VORONODE_" + name.replaceFirst("^-+", "").replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
