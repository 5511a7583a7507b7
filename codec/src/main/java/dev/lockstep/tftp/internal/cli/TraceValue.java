package dev.lockstep.tftp.internal.cli;

import dev.lockstep.tftp.internal.capture.TraceForm;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Takes only an attached value for the value of {@code --trace}: in {@code --trace FILE}, the next argument is a
 * positional parameter.
 */
public final class TraceValue implements IParameterPreprocessor {
    @Override
    public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec trace, Map<String, Object> info) {
        if (!"=".equals(info.get("separator"))) {
            args.push(TraceForm.BYTES.name());
        }
        return false;
    }
}
