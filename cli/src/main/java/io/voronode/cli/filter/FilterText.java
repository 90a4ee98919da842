package io.voronode.cli.filter;

import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelParser;
import io.voronode.client.Filter;

/**
 * Reads a filter like {@code lang == "en" && year >= 1990}. The text is parsed by the CEL library and its tree translated; it is never
 * evaluated. A name is a field of the payload, dots lead into nested objects.
 *
 * <p>{@code ==  !=  <  <=  >  >=  in [..]  &&  ||  !  has(field)  field.startsWith("..")  timestamp("..")}
 */
public final class FilterText {
    // Without macros, has() is a call like any other, so that it takes a field at the top of the payload, too.
    private static final CelParser PARSER =
            CelCompilerFactory.standardCelCompilerBuilder().build();

    private FilterText() {}

    /** Throws FilterTextException, with the place, for a text that is no filter. */
    public static Filter parse(String text) {
        CelValidationResult parsed = PARSER.parse(text);
        try {
            return new Translation(parsed.getSource()).filter(parsed.getAst().getExpr());
        } catch (CelValidationException e) {
            CelIssue first = e.getErrors().getFirst();
            throw Place.error(parsed.getSource(), first.getSourceLocation(), problem(first));
        }
    }

    /** The lexer's words for the commonest slip would help nobody. */
    private static String problem(CelIssue issue) {
        return issue.getMessage().startsWith("token recognition error at: '=")
                ? "= is no operator; write == for equal"
                : issue.getMessage();
    }
}
