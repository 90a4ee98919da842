package io.voronode.shardnode.shard.filter;

import com.google.protobuf.Timestamp;
import io.voronode.engine.search.QueryFilter;
import io.voronode.proto.v1.EqualsFilter;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.FilterList;
import io.voronode.proto.v1.FilterValue;
import io.voronode.proto.v1.InFilter;
import io.voronode.proto.v1.PrefixFilter;
import io.voronode.wire.VoronodeException.BadInput;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/**
 * A filter as a query over what {@link PayloadFields} indexes. The coordinator has checked it; what says nothing all the same, as a
 * coordinator of a later version might send, is refused and never taken for a filter that accepts everything. Immutable.
 */
public final class PayloadFilter {
    private final Query query;

    private PayloadFilter(Query query) {
        this.query = query;
    }

    /** Throws BadInput for a filter that this version does not know. */
    public static PayloadFilter of(Filter filter) {
        return new PayloadFilter(query(filter));
    }

    /** For a search that compares all accepted documents when they are no more than that. */
    public QueryFilter within(int exactLimit) {
        return new QueryFilter(query, exactLimit);
    }

    private static Query query(Filter filter) {
        return switch (filter.getConditionCase()) {
            case ALL_OF -> combined(filter.getAllOf(), Occur.FILTER);
            case ANY_OF -> combined(filter.getAnyOf(), Occur.SHOULD);
            case NONE_OF -> noneOf(filter.getNoneOf());
            case EQUALS -> equalTo(filter.getEquals());
            case IS_IN -> oneOf(filter.getIsIn());
            case RANGE -> PointRanges.query(filter.getRange());
            case EXISTS -> termQuery(new FieldValues(filter.getExists().getField()).exists());
            case PREFIX -> prefix(filter.getPrefix());
            case CONDITION_NOT_SET -> throw unknown("condition");
        };
    }

    private static Query combined(FilterList list, Occur occur) {
        if (list.getFiltersCount() == 0) {
            throw unknown("list of filters");
        }
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        list.getFiltersList().forEach(filter -> all.add(query(filter), occur));
        return all.build();
    }

    private static Query noneOf(FilterList list) {
        return new BooleanQuery.Builder()
                .add(MatchAllDocsQuery.INSTANCE, Occur.FILTER)
                .add(combined(list, Occur.SHOULD), Occur.MUST_NOT)
                .build();
    }

    private static Query equalTo(EqualsFilter filter) {
        FieldValues field = new FieldValues(filter.getField());
        FilterValue value = filter.getValue();
        return isTerm(value)
                ? termQuery(term(field, value))
                : PointRanges.exactly(dimension(field, value), point(value));
    }

    private static Query oneOf(InFilter filter) {
        FieldValues field = new FieldValues(filter.getField());
        List<BytesRef> terms = new ArrayList<>();
        List<byte[]> numbers = new ArrayList<>();
        List<byte[]> times = new ArrayList<>();
        for (FilterValue value : filter.getValuesList()) {
            if (isTerm(value)) {
                terms.add(term(field, value));
            } else {
                (value.hasTimestampValue() ? times : numbers).add(point(value));
            }
        }
        BooleanQuery.Builder either = new BooleanQuery.Builder();
        if (!terms.isEmpty()) {
            either.add(new TermInSetQuery(FieldValues.TERMS, terms), Occur.SHOULD);
        }
        if (!numbers.isEmpty()) {
            either.add(new PointSet(field.numbers(), numbers), Occur.SHOULD);
        }
        if (!times.isEmpty()) {
            either.add(new PointSet(field.times(), times), Occur.SHOULD);
        }
        return either.build();
    }

    private static Query prefix(PrefixFilter filter) {
        BytesRef prefix = new FieldValues(filter.getField()).stringPrefix(filter.getPrefix());
        return new PrefixQuery(new Term(FieldValues.TERMS, prefix));
    }

    private static Query termQuery(BytesRef term) {
        return new TermQuery(new Term(FieldValues.TERMS, term));
    }

    private static boolean isTerm(FilterValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE, BOOL_VALUE -> true;
            case INTEGER_VALUE, DOUBLE_VALUE, TIMESTAMP_VALUE -> false;
            case VALUE_NOT_SET -> throw unknown("value");
        };
    }

    private static BytesRef term(FieldValues field, FilterValue value) {
        return value.hasBoolValue() ? field.bool(value.getBoolValue()) : field.string(value.getStringValue());
    }

    /** The first dimension of a value's point. */
    static byte[] dimension(FieldValues field, FilterValue value) {
        return value.hasTimestampValue() ? field.times() : field.numbers();
    }

    /** The second dimension of a value's point. */
    static byte[] point(FilterValue value) {
        return switch (value.getValueCase()) {
            case INTEGER_VALUE -> FieldValues.number(value.getIntegerValue());
            case DOUBLE_VALUE -> FieldValues.number(value.getDoubleValue());
            case TIMESTAMP_VALUE -> FieldValues.time(instant(value.getTimestampValue()));
            case STRING_VALUE, BOOL_VALUE, VALUE_NOT_SET -> throw unknown("number or time");
        };
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    private static BadInput unknown(String what) {
        return new BadInput("a filter has no " + what + " that this version knows");
    }
}
