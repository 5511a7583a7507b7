package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.internal.cli.HelpLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.IHelpFactory;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The groups of the options in the help of each command. As a factory it sets the layout only when help is printed, so
 * that a transfer does not wait for it; as a transformer it sets the layout for the manual pages.
 */
final class ClientHelp implements IHelpFactory, IModelTransformer {
    @Override
    public Help create(CommandSpec command, ColorScheme colors) {
        transform(command);
        return new Help(command, colors);
    }

    @Override
    public CommandSpec transform(CommandSpec command) {
        HelpLayout.apply(command, groupsOf(command.name()));
        command.subcommands().values().stream().map(CommandLine::getCommandSpec).forEach(this::transform);
        return command;
    }

    private static Map<String, List<String>> groupsOf(String command) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        switch (command) {
            case "get", "put" -> {
                groups.put(
                        "Files",
                        command.equals("get")
                                ? List.of("--output", "--create-dirs", "--mode", "--sha256")
                                : List.of("--mode", "--sha256"));
                groups.put("Network", List.of("-4", "-6", "--connect-timeout", "--give-up", "--timeout", "--retry"));
                groups.put("Logging", List.of("--verbose", "--quiet", "--json", "--trace", "--pcap"));
                groups.put("Tuning", List.of("--blksize", "--windowsize", "--no-options", "--parallel"));
            }
            case "shell" -> {
                groups.put("Commands", List.of("--command"));
                groups.put("Files", List.of("--mode"));
                groups.put("Logging", List.of("--verbose", "--trace", "--pcap"));
            }
            case "load" -> {
                groups.put(
                        "Load", List.of("--transfers", "--concurrency", "--rate", "--ramp", "--duration", "--warm-up"));
                groups.put("Several machines", List.of("--shard", "--start-at"));
                groups.put("Files", List.of("--verify", "--mode"));
                groups.put("Uploads", List.of("--put", "--size"));
                groups.put(
                        "Network",
                        List.of("-4", "-6", "--connect-timeout", "--give-up", "--timeout", "--ports", "--port-rest"));
                groups.put(
                        "Bad network", List.of("--loss", "--duplicate", "--reorder", "--delay", "--jitter", "--seed"));
                groups.put("Report", List.of("--fail-if", "--title", "--json", "--html", "--http"));
                groups.put("Logging", List.of("--quiet", "--trace", "--pcap"));
                groups.put(
                        "Tuning",
                        List.of(
                                "--profile",
                                "--blksize",
                                "--windowsize",
                                "--no-options",
                                "--threads",
                                "--batch-scheduling"));
            }
            case "merge" -> {
                groups.put("Report", List.of("--fail-if", "--title", "--json", "--html"));
                groups.put("Logging", List.of("--quiet"));
            }
            case "conform" -> {
                groups.put("Checks", List.of("--list", "--strict", "--parallel"));
                groups.put("Server", List.of("--upload-dir", "--file"));
                groups.put("Client", List.of("--client", "--client-put"));
                groups.put("Report", List.of("--junit", "--html", "--pcap"));
                groups.put("Logging", List.of("--verbose", "--quiet"));
            }
            default -> {} // a command with no options of its own
        }
        return groups;
    }
}
