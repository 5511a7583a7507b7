package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.internal.logging.Logging;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.RulePolicy;
import dev.lockstep.tftp.server.rules.RuleSummary;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tftpd check}: checks a configuration file and prints what it configures. */
@Command(
        name = "check",
        description = "Checks a configuration file: prints all its errors, or its warnings and rules.",
        mixinStandardHelpOptions = true,
        versionProvider = TftpdCommand.Version.class,
        footerHeading = "%nExamples:%n",
        footer = {"  tftpd check /etc/lockstep/tftpd.toml"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:the file has no errors", "2:the file has errors, or wrong usage"})
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A configuration file.")
    private String file;

    @Override
    public Integer call() throws IOException, ConfigException {
        Logging.configure(false, true, false, 1);
        RulePolicy policy =
                Invocation.parsed(Configuration.of(Configuration.FLAG, file)).lookAtRules();
        policy.warnings().forEach(line -> System.err.println("tftpd: warning: " + line));
        RuleSummary.of(policy).forEach(System.out::println);
        return 0;
    }
}
