package io.voronode.cli.filter;

import dev.cel.common.CelSource;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.parser.Operator;
import io.voronode.client.Filter;
import io.voronode.client.FilterValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

/** The tree of a parsed text as a filter. What has no meaning as a filter is an error at its place. Used for one text. */
final class Translation {
    private final CelSource source;

    Translation(CelSource source) {
        this.source = source;
    }

    Filter filter(CelExpr expression) {
        if (expression.getKind() != Kind.CALL) {
            throw error(
                    expression,
                    isField(expression)
                            ? "a field alone is no condition; write " + field(expression) + " == true"
                            : "not a condition");
        }
        CelCall call = expression.call();
        return switch (call.function()) {
            case "has" -> exists(expression, call);
            case "startsWith" -> prefix(expression, call);
            default -> operation(expression, operator(expression, call), call.args());
        };
    }

    private Operator operator(CelExpr expression, CelCall call) {
        return Operator.findReverse(call.function())
                .orElseThrow(() -> error(expression, "function " + call.function() + " is not supported in a filter"));
    }

    private Filter operation(CelExpr expression, Operator operator, List<CelExpr> operands) {
        return switch (operator) {
            case LOGICAL_AND -> Conjunctions.and(filter(operands.get(0)), filter(operands.get(1)));
            case LOGICAL_OR -> filter(operands.get(0)).or(filter(operands.get(1)));
            case LOGICAL_NOT -> Filter.not(filter(operands.get(0)));
            case IN -> in(operands.get(0), operands.get(1));
            case EQUALS, NOT_EQUALS, LESS, LESS_EQUALS, GREATER, GREATER_EQUALS ->
                comparison(expression, operator, operands.get(0), operands.get(1));
            default -> throw error(expression, shown(operator) + " is not supported in a filter");
        };
    }

    private static String shown(Operator operator) {
        return operator.getFunction().replace("_", "");
    }

    private Filter exists(CelExpr expression, CelCall call) {
        if (call.target().isPresent() || call.args().size() != 1) {
            throw error(expression, "has takes one field: has(author.name)");
        }
        return Filter.exists(field(call.args().getFirst()));
    }

    private Filter prefix(CelExpr expression, CelCall call) {
        if (call.target().isEmpty()
                || call.args().size() != 1
                || !(value(call.args().getFirst()) instanceof FilterValue.OfString prefix)) {
            throw error(expression, "startsWith is asked of a field with one string: name.startsWith(\"Ma\")");
        }
        return Filter.prefix(field(call.target().get()), prefix.value());
    }

    // ---- comparisons

    private Filter comparison(CelExpr expression, Operator operator, CelExpr left, CelExpr right) {
        if (isField(left)) {
            return comparison(expression, operator, field(left), value(right));
        }
        if (isField(right)) {
            return comparison(expression, mirrored(operator), field(right), value(left));
        }
        throw error(expression, "neither side of the comparison is a field of the payload");
    }

    /** The operator that says the same with its sides exchanged. */
    private static Operator mirrored(Operator operator) {
        return switch (operator) {
            case LESS -> Operator.GREATER;
            case LESS_EQUALS -> Operator.GREATER_EQUALS;
            case GREATER -> Operator.LESS;
            case GREATER_EQUALS -> Operator.LESS_EQUALS;
            default -> operator;
        };
    }

    private Filter comparison(CelExpr expression, Operator operator, String field, FilterValue value) {
        return switch (operator) {
            case EQUALS -> Filter.eq(field, value);
            case NOT_EQUALS -> Filter.not(Filter.eq(field, value));
            case LESS -> Filter.range(field).below(ordered(expression, value));
            case LESS_EQUALS -> Filter.range(field).atMost(ordered(expression, value));
            case GREATER -> Filter.range(field).above(ordered(expression, value));
            case GREATER_EQUALS -> Filter.range(field).atLeast(ordered(expression, value));
            default -> throw error(expression, shown(operator) + " compares nothing");
        };
    }

    private FilterValue ordered(CelExpr expression, FilterValue value) {
        if (value instanceof FilterValue.OfString || value instanceof FilterValue.OfBoolean) {
            throw error(expression, "only numbers and timestamps have an order; write timestamp(\"..\") for a time");
        }
        return value;
    }

    /** {@code field in [..]}, or {@code value in field} for arrays. */
    private Filter in(CelExpr left, CelExpr right) {
        if (right.getKind() == Kind.LIST) {
            return Filter.in(
                    field(left),
                    right.list().elements().stream().map(this::value).toList());
        }
        return Filter.eq(field(right), value(left));
    }

    // ---- fields and values

    private static boolean isField(CelExpr expression) {
        return switch (expression.getKind()) {
            case IDENT -> true;
            case SELECT -> isField(expression.select().operand());
            default -> false;
        };
    }

    private String field(CelExpr expression) {
        return switch (expression.getKind()) {
            case IDENT -> expression.ident().name();
            case SELECT ->
                field(expression.select().operand()) + "." + expression.select().field();
            default -> throw error(expression, "not a field");
        };
    }

    private FilterValue value(CelExpr expression) {
        return switch (expression.getKind()) {
            case CONSTANT -> constant(expression, expression.constant());
            case CALL -> time(expression, expression.call());
            default -> throw error(expression, "not a value; a field is compared with a constant");
        };
    }

    private FilterValue constant(CelExpr expression, CelConstant constant) {
        return switch (constant.getKind()) {
            case STRING_VALUE -> FilterValue.of(constant.stringValue());
            case INT64_VALUE -> FilterValue.of(constant.int64Value());
            case DOUBLE_VALUE -> FilterValue.of(constant.doubleValue());
            case BOOLEAN_VALUE -> FilterValue.of(constant.booleanValue());
            case NULL_VALUE -> throw error(expression, "null equals nothing; write !has(field)");
            default -> throw error(expression, "values are strings, numbers, true, false and timestamp(\"..\")");
        };
    }

    private FilterValue time(CelExpr expression, CelCall call) {
        if (!call.function().equals("timestamp") || call.args().size() != 1) {
            throw error(expression, "not a value; a field is compared with a constant");
        }
        CelExpr argument = call.args().getFirst();
        if (argument.getKind() == Kind.CONSTANT && argument.constant().getKind() == CelConstant.Kind.STRING_VALUE) {
            return FilterValue.of(instant(argument, argument.constant().stringValue()));
        }
        throw error(argument, "timestamp takes a string");
    }

    private Instant instant(CelExpr expression, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw error(expression, "\"" + text + "\" is no time in the form 2024-02-29T12:00:00Z");
        }
    }

    private FilterTextException error(CelExpr expression, String message) {
        return Place.error(source, expression, message);
    }
}
