package io.voronode.embedding;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the two files of a model are. Immutable; reads only when asked to. */
sealed interface ModelFiles {

    /** The ONNX graph with its weights. */
    byte[] model() throws IOException;

    /** The tokenizer in the JSON form of Hugging Face's tokenizers. */
    String tokenizer() throws IOException;

    /** {@code NAME.onnx} and {@code NAME-tokenizer.json} at the root of the class path, as langchain4j packs models. */
    record OnClassPath(String name) implements ModelFiles {

        @Override
        public byte[] model() throws IOException {
            return resource(name + ".onnx");
        }

        @Override
        public String tokenizer() throws IOException {
            return new String(resource(name + "-tokenizer.json"), StandardCharsets.UTF_8);
        }

        private static byte[] resource(String path) throws IOException {
            try (InputStream in = ModelFiles.class.getResourceAsStream("/" + path)) {
                if (in == null) {
                    throw new FileNotFoundException(path + " is not on the class path");
                }
                return in.readAllBytes();
            }
        }
    }

    /** {@code model.onnx} and {@code tokenizer.json} in one folder. */
    record InFolder(Path folder) implements ModelFiles {

        static boolean isComplete(Path folder) {
            return Files.isRegularFile(folder.resolve("model.onnx"))
                    && Files.isRegularFile(folder.resolve("tokenizer.json"));
        }

        @Override
        public byte[] model() throws IOException {
            return Files.readAllBytes(folder.resolve("model.onnx"));
        }

        @Override
        public String tokenizer() throws IOException {
            return Files.readString(folder.resolve("tokenizer.json"));
        }
    }
}
