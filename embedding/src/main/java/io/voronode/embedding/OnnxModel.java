package io.voronode.embedding;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One sentence-transformer in ONNX form: takes batches of tokens, gives unit vectors. Safe for use by any number of
 * threads; each batch is computed on the calling thread alone, so the callers decide how many cores are used. Never
 * close it while a batch runs.
 */
final class OnnxModel implements AutoCloseable {

    private static final Set<String> INPUTS = Set.of("input_ids", "attention_mask", "token_type_ids");

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final String output;
    private final int dimension;

    private OnnxModel(OrtEnvironment environment, OrtSession session) throws OrtException {
        this.environment = environment;
        this.session = session;
        checkInputs(session);
        Map.Entry<String, TensorInfo> hidden = tokenVectors(session)
                .orElseThrow(() -> new OrtException("the model has no output of shape [texts, tokens, dimension]"));
        this.output = hidden.getKey();
        this.dimension = (int) hidden.getValue().getShape()[2];
    }

    /** {@link NativeLibraries} must be loaded. */
    static OnnxModel of(byte[] model) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            // Patterns are remembered per input shape, and ours are many.
            options.setMemoryPatternOptimization(false);
            OrtSession session = environment.createSession(model, options);
            try {
                return new OnnxModel(environment, session);
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        }
    }

    private static void checkInputs(OrtSession session) throws OrtException {
        Set<String> names = session.getInputNames();
        if (!INPUTS.containsAll(names) || !names.contains("input_ids") || !names.contains("attention_mask")) {
            throw new OrtException(
                    "the model's inputs are " + names + ", expected are input_ids, attention_mask and token_type_ids");
        }
    }

    private static Optional<Map.Entry<String, TensorInfo>> tokenVectors(OrtSession session) throws OrtException {
        for (var entry : session.getOutputInfo().entrySet()) {
            if (entry.getValue().getInfo() instanceof TensorInfo tensor && isTokenVectors(tensor)) {
                return Optional.of(Map.entry(entry.getKey(), tensor));
            }
        }
        return Optional.empty();
    }

    private static boolean isTokenVectors(TensorInfo tensor) {
        long[] shape = tensor.getShape();
        return tensor.type == OnnxJavaType.FLOAT && shape.length == 3 && shape[2] > 0;
    }

    int dimension() {
        return dimension;
    }

    /** One unit vector per text, in order. Shorter texts are padded to the longest: batch texts of similar length. */
    List<float[]> vectors(List<Tokens> batch) throws OrtException {
        int width = batch.stream().mapToInt(Tokens::count).max().orElse(0);
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            long[] shape = {batch.size(), width};
            for (String name : session.getInputNames()) {
                inputs.put(name, OnnxTensor.createTensor(environment, padded(name, batch, width), shape));
            }
            try (OrtSession.Result result = session.run(inputs, Set.of(output))) {
                return pooled((OnnxTensor) result.get(0), batch, width);
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static LongBuffer padded(String input, List<Tokens> batch, int width) {
        LongBuffer buffer = LongBuffer.allocate(batch.size() * width);
        for (int i = 0; i < batch.size(); i++) {
            Tokens tokens = batch.get(i);
            for (int t = 0; t < tokens.count(); t++) {
                buffer.put(i * width + t, value(input, tokens, t));
            }
        }
        return buffer;
    }

    private static long value(String input, Tokens tokens, int position) {
        return switch (input) {
            case "input_ids" -> tokens.ids()[position];
            case "token_type_ids" -> tokens.typeIds()[position];
            default -> 1; // attention_mask: the text's own tokens count, padding stays 0
        };
    }

    private List<float[]> pooled(OnnxTensor hidden, List<Tokens> batch, int width) {
        FloatBuffer rows = hidden.getFloatBuffer();
        List<float[]> vectors = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            vectors.add(Pooling.unitMean(rows, i * width, batch.get(i).count(), dimension));
        }
        return vectors;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
