/**
 * Rules by client and file, from a configuration file: which files a client may read or write, in which directory,
 * under which name, and with which settings.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.rules.RulePolicy} evaluates the rules, {@link
 * dev.lockstep.tftp.server.rules.ConfigFile} reads the file, {@code RuleReader} defines the keys of a rule.
 */
package dev.lockstep.tftp.server.rules;
