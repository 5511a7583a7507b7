package dev.lockstep.tftp.internal.cli;

import java.util.Optional;

/** The version of a program. */
public final class ProgramVersion {
    private ProgramVersion() {}

    /**
     * Returns the name and the version of a program, as {@code --version} prints it.
     *
     * @param program the name of the program
     * @param command a class of the program
     */
    public static String of(String program, Class<?> command) {
        return program + " (Lockstep TFTP) " + number(command);
    }

    /** Returns the version of the jar of a class or, in a package, of its module. */
    public static String number(Class<?> command) {
        Module module = command.getModule();
        Optional<String> version = module.isNamed()
                ? module.getDescriptor().rawVersion()
                : Optional.ofNullable(command.getPackage().getImplementationVersion());
        return version.orElse("development");
    }
}
