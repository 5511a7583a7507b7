package dev.lockstep.tftp.internal.cli;

import java.util.Optional;

/** The version of a program, as {@code --version} prints it. */
public final class ProgramVersion {
    private ProgramVersion() {}

    /**
     * Returns the name and the version of a program. The version is that of its jar or, in a package, of its module.
     *
     * @param program the name of the program
     * @param command a class of the program
     */
    public static String of(String program, Class<?> command) {
        Module module = command.getModule();
        Optional<String> version = module.isNamed()
                ? module.getDescriptor().rawVersion()
                : Optional.ofNullable(command.getPackage().getImplementationVersion());
        return program + " (Lockstep TFTP) " + version.orElse("development");
    }
}
