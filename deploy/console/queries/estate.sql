SELECT
    aliases, address, households, property_company, developer, status, party_branch_founded_on,
    branch_secretary_is_owner, branch_has_premises, may_elect_committee, committee, committee_party_share,
    chair_is_party_member, chair_is_branch_secretary, company_has_party_branch
FROM {bi}.estates
WHERE estate_id = {id:String} AND {in_scope}
