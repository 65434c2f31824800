# Lay the same complaints into Request Tracker by its own objects: load_rt.pl CONVERSATIONS.jsonl
use strict;
use warnings;
use utf8;
use lib '/usr/share/request-tracker5/lib';
use RT -init;
use JSON;
use Encode;
use MIME::Entity;

my $system = RT->SystemUser;
my $root = RT::CurrentUser->new($system);
$root->Load('root');
my $queue = RT::Queue->new($system);
$queue->Load('General');
my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');
for my $right (qw(CreateTicket ReplyToTicket SeeQueue ShowTicket)) {
    $everyone->PrincipalObj->GrantRight(Right => $right, Object => $queue);
}

sub words {
    my ($subject, $text) = @_;
    return MIME::Entity->build(
        Type => 'text/plain', Charset => 'UTF-8', Encoding => '8bit',
        Subject => Encode::encode('MIME-Header', $subject), Data => Encode::encode('UTF-8', $text),
    );
}

# What the rules of a new installation would do beside it, mail to everybody, is not done while it is laid in.
my @rules = map { $_->[0] } @{ $RT::Handle->dbh->selectall_arrayref('SELECT id FROM Scrips WHERE Disabled = 0') };
$RT::Handle->SimpleQuery('UPDATE Scrips SET Disabled = 1');
open(my $lines, '<:raw', $ARGV[0]) or die;
while (my $line = <$lines>) {
    my $told = JSON->new->utf8->decode($line);
    my @turns = @{ $told->{turns} };
    my $ticket = RT::Ticket->new($root);
    my ($id, undef, $trouble) = $ticket->Create(
        Queue => 'General', Subject => $told->{subject}, Requestor => $told->{email}, Owner => $root->Id,
        MIMEObj => words($told->{subject}, $turns[0]{text}),
    );
    die "$trouble" unless $id;
    my $by_customer = RT::CurrentUser->new($system);
    $by_customer->LoadByEmail($told->{email});
    for my $turn (@turns[1 .. $#turns]) {
        my $as = RT::Ticket->new($turn->{by} eq 'agent' ? $root : $by_customer);
        $as->Load($id);
        my ($done, $why) = $as->Correspond(MIMEObj => words($told->{subject}, $turn->{text}));
        die "$why" unless $done;
    }
}
$RT::Handle->SimpleQuery("UPDATE Scrips SET Disabled = 0 WHERE id = $_") for @rules;
