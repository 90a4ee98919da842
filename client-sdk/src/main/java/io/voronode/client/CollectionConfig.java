package io.voronode.client;

/**
 * What a user decides about a collection.
 *
 * @param name {@code [a-z0-9][a-z0-9_-]{0,62}}
 * @param dimension values per vector, 1 to 4096; 0 where a model is given: the model's
 * @param metric the distance
 * @param model the embedding model that turns text into vectors; empty: the collection takes vectors only
 * @param indexKind how vectors are kept and scanned
 * @param trainAt the number of records at which cells are first trained; 0: the server's default
 * @param shards shards that the cells are grouped into; 0: chosen by the server
 * @param replication least copies of each record: 1, 3 or 5; 0: as many as the cluster keeps. More than that is refused
 * @param indexReplicas copies of each shard of the index; 0: the server's default
 */
public record CollectionConfig(
        String name,
        int dimension,
        Metric metric,
        String model,
        IndexKind indexKind,
        long trainAt,
        int shards,
        int replication,
        int indexReplicas) {

    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Builds a configuration; what is not set is left to the server. Used by one thread. */
    public static final class Builder {
        private final String name;
        private int dimension;
        private Metric metric = Metric.COSINE;
        private String model = "";
        private IndexKind indexKind = IndexKind.DEFAULT;
        private long trainAt;
        private int shards;
        private int replication;
        private int indexReplicas;

        private Builder(String name) {
            this.name = name;
        }

        public Builder dimension(int value) {
            this.dimension = value;
            return this;
        }

        /** COSINE where it is not set. */
        public Builder metric(Metric value) {
            this.metric = value;
            return this;
        }

        public Builder model(String value) {
            this.model = value;
            return this;
        }

        /** The server chooses where it is not set. */
        public Builder indexKind(IndexKind value) {
            this.indexKind = value;
            return this;
        }

        public Builder trainAt(long records) {
            this.trainAt = records;
            return this;
        }

        public Builder shards(int value) {
            this.shards = value;
            return this;
        }

        public Builder replication(int copies) {
            this.replication = copies;
            return this;
        }

        public Builder indexReplicas(int copies) {
            this.indexReplicas = copies;
            return this;
        }

        public CollectionConfig build() {
            return new CollectionConfig(
                    name, dimension, metric, model, indexKind, trainAt, shards, replication, indexReplicas);
        }
    }
}
