package io.voronode.embedding;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Loads the native parts of ONNX Runtime and of the tokenizers, once per process, and leaves nothing behind.
 *
 * <p>Left to themselves, ONNX Runtime leaves a folder (28 MB in it after a kill) in the temporary folder at every start, and
 * the tokenizers put theirs into the user's home. On Linux and macOS, where a loaded library's file may be deleted, both are
 * unpacked to a private temporary folder that is gone before this returns; on other systems they do as they like.
 */
final class NativeLibraries {

    private static final String RUNTIME_FOLDER = "onnxruntime.native.path";
    private static final String TOKENIZERS_FILE = "RUST_LIBRARY_PATH";

    private static boolean loaded;

    private NativeLibraries() {}

    /** @throws LinkageError when this machine cannot run them */
    static synchronized void load() throws IOException {
        if (loaded) {
            return;
        }
        // Without this the tokenizers ask the cloud's metadata service who we are, report it, and on a machine with a
        // GPU download another build of themselves.
        System.setProperty("ai.djl.offline", "true");
        // ONNX Runtime 1.29 reports to its maker as soon as it is loaded. Preparing that took more stack than the
        // carrier
        // of a virtual thread has, and read /etc/os-release without a look whether it is there: both ended the process.
        NativeEnvironment.set("ORT_DISABLE_TELEMETRY", "1");
        List<String> resources = resources();
        if (resources.isEmpty() || System.getProperty(RUNTIME_FOLDER) != null) {
            initialize();
        } else {
            loadUnpacked(resources);
        }
        loaded = true;
    }

    /** The libraries of this system; none for a system on which a loaded library's file cannot be deleted. */
    private static List<String> resources() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        boolean intel = System.getProperty("os.arch", "").matches("amd64|x86_64");
        if (os.contains("linux")) {
            return intel ? resources("linux-x64", "linux-x86_64") : resources("linux-aarch64", "linux-aarch64");
        }
        return os.contains("mac") && !intel ? resources("osx-aarch64", "osx-aarch64") : List.of();
    }

    private static List<String> resources(String runtimePlatform, String tokenizersPlatform) {
        String runtime = "/ai/onnxruntime/native/" + runtimePlatform + "/";
        return List.of(
                runtime + System.mapLibraryName("onnxruntime"),
                runtime + System.mapLibraryName("onnxruntime4j_jni"),
                "/native/lib/" + tokenizersPlatform + "/cpu/" + System.mapLibraryName("tokenizers"));
    }

    private static void loadUnpacked(List<String> resources) throws IOException {
        Path folder = Files.createTempDirectory("voronode-native-");
        try {
            for (String resource : resources) {
                unpack(resource, target(folder, resource));
            }
            System.setProperty(RUNTIME_FOLDER, folder.toString());
            // The file and not its folder: given a folder, the tokenizers fail on machines without a GPU.
            System.setProperty(
                    TOKENIZERS_FILE, target(folder, resources.getLast()).toString());
            initialize();
        } finally {
            System.clearProperty(RUNTIME_FOLDER);
            System.clearProperty(TOKENIZERS_FILE);
            for (String resource : resources) {
                Files.deleteIfExists(target(folder, resource));
            }
            Files.delete(folder);
        }
    }

    private static Path target(Path folder, String resource) {
        return folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
    }

    private static void unpack(String resource, Path target) throws IOException {
        try (InputStream in = NativeLibraries.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource + " is not on the class path");
            }
            Files.copy(in, target);
        }
    }

    private static void initialize() {
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "voronode");
        LibUtils.checkStatus();
    }
}
