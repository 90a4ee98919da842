package io.voronode.client.internal;

import io.voronode.client.Expiry;
import io.voronode.client.PayloadUpdate;
import io.voronode.client.RecordStatus;
import io.voronode.client.StoredRecord;
import io.voronode.client.VectorRecord;
import io.voronode.client.WriteCondition;
import io.voronode.client.WriteResult;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.Wait;

/** Records and their results, from and to their messages. Pure. */
final class RecordMapper {
    private RecordMapper() {}

    static Record record(VectorRecord source) {
        Record.Builder record = Record.newBuilder().setKey(source.key()).setPayload(source.payload());
        if (source.vector() != null) {
            record.setVector(CommonMapper.vector(source.vector()));
        }
        if (source.text() != null) {
            record.setText(source.text());
        }
        if (source.document() != null) {
            record.setDocument(CommonMapper.document(source.document()));
        }
        if (source.condition() != null) {
            record.setCondition(condition(source.condition()));
        }
        if (source.expiry() instanceof Expiry.At at) {
            record.setExpireTime(CommonMapper.timestamp(at.time()));
        } else if (source.expiry() instanceof Expiry.After after) {
            record.setTtl(CommonMapper.duration(after.timeToLive()));
        }
        return record.build();
    }

    static io.voronode.proto.v1.PayloadUpdate payloadUpdate(PayloadUpdate source) {
        var update = io.voronode.proto.v1.PayloadUpdate.newBuilder().setKey(source.key());
        if (source.mode() == PayloadUpdate.Mode.MERGE) {
            update.setMerge(source.payload());
        } else {
            update.setReplace(source.payload());
        }
        if (source.condition() != null) {
            update.setCondition(condition(source.condition()));
        }
        return update.build();
    }

    static io.voronode.proto.v1.WriteCondition condition(WriteCondition source) {
        var condition = io.voronode.proto.v1.WriteCondition.newBuilder();
        if (source instanceof WriteCondition.Version version) {
            condition.setVersion(version.version());
        } else if (source instanceof WriteCondition.Exists exists) {
            condition.setExists(exists.exists());
        }
        return condition.build();
    }

    static StoredRecord stored(Record record) {
        return new StoredRecord(
                record.getKey(),
                record.hasVector() ? CommonMapper.vector(record.getVector()) : null,
                record.getPayload(),
                record.hasDocument() ? CommonMapper.document(record.getDocument()) : null,
                record.getVersion(),
                CommonMapper.instant(record.getUpdateTime()),
                record.hasExpireTime() ? CommonMapper.instant(record.getExpireTime()) : null);
    }

    static WriteResult result(String key, RecordResult result) {
        return new WriteResult(
                key, status(result.getCode()), result.getMessage(), result.getVersion(), result.getExisted());
    }

    /** The answer for a record that is not worth sending. */
    static WriteResult oversize(Record record) {
        String message = "record of " + record.getSerializedSize() + " bytes is above the client's limit of "
                + Batches.MAX_RECORD_BYTES + " bytes (servers take 960 KiB)";
        return new WriteResult(record.getKey(), RecordStatus.INVALID_ARGUMENT, message, 0, false);
    }

    static RecordStatus status(RecordCode code) {
        return switch (code) {
            case RECORD_CODE_OK -> RecordStatus.OK;
            case RECORD_CODE_SUPERSEDED -> RecordStatus.SUPERSEDED;
            case RECORD_CODE_INVALID_ARGUMENT -> RecordStatus.INVALID_ARGUMENT;
            case RECORD_CODE_NOT_FOUND -> RecordStatus.NOT_FOUND;
            case RECORD_CODE_CONDITION_FAILED -> RecordStatus.CONDITION_FAILED;
            case RECORD_CODE_RESOURCE_EXHAUSTED -> RecordStatus.RESOURCE_EXHAUSTED;
            case RECORD_CODE_UNAVAILABLE -> RecordStatus.UNAVAILABLE;
            case RECORD_CODE_INTERNAL, RECORD_CODE_UNSPECIFIED, UNRECOGNIZED -> RecordStatus.INTERNAL;
        };
    }

    /** Decided here, so that the parts of a split batch are answered like the whole. */
    static Wait wait(io.voronode.client.Wait wait, int records) {
        return switch (wait) {
            case DEFAULT -> records == 1 ? Wait.WAIT_INDEXED : Wait.WAIT_DURABLE;
            case DURABLE -> Wait.WAIT_DURABLE;
            case INDEXED -> Wait.WAIT_INDEXED;
        };
    }
}
